import type { Advice, Platform } from '../device/codes.ts';
import type { Language } from './format.ts';

/** What helps everywhere, and where the way through the settings is another one, what helps there. */
interface Words {
  readonly usual: string;
  readonly apple?: string;
  readonly android?: string;
}

const da: Record<Advice, Words> = {
  'update-browser': {
    usual: 'Opdatér browseren, eller åbn linket i en nyere Chrome, Edge, Firefox eller Safari.',
    apple:
      'Gå til Indstillinger, Generelt, Softwareopdatering. Kan den ikke opdateres, så brug en anden enhed.',
    android: 'Opdatér Chrome i Play Butik, og åbn linket igen.',
  },
  'open-in-browser': {
    usual: 'Du har åbnet linket inde i et andet program. Kopiér linket, og åbn det i din browser.',
    apple: 'Du har åbnet linket inde i en anden app. Tryk på del-ikonet, og vælg Åbn i Safari.',
    android: 'Du har åbnet linket inde i en anden app. Tryk på de tre prikker, og vælg Åbn i Chrome.',
  },
  'needs-secure-address': {
    usual: 'Adressen skal begynde med https. Åbn linket fra din besked igen.',
  },
  'allow-camera': {
    usual: 'Klik på ikonet til venstre for adressen øverst, og tillad kameraet. Prøv så igen.',
    apple:
      'Tryk på ikonet i adressefeltet, åbn indstillingerne for siden, og sæt Kamera til Tillad. Prøv så igen.',
    android: 'Tryk på ikonet til venstre for adressen, vælg Tilladelser, og slå kameraet til. Prøv så igen.',
  },
  'connect-camera': {
    usual:
      'Sæt et kamera til, eller se efter, om ledningen sidder ordentligt. Du kan også gå ind uden billede.',
    apple: 'Luk andre apps, og genstart enheden. Du kan også gå ind uden billede.',
    android: 'Luk andre apps, og genstart enheden. Du kan også gå ind uden billede.',
  },
  'close-other-camera-users': {
    usual: 'Luk andre programmer, der kan bruge kameraet, for eksempel Teams eller en anden fane.',
    apple: 'Luk andre apps, der kan bruge kameraet, for eksempel FaceTime.',
    android: 'Luk andre apps, der kan bruge kameraet.',
  },
  'uncover-camera': {
    usual: 'Billedet er sort. Se efter, om der er skubbet noget for kameraet.',
    apple: 'Billedet er sort. Se efter, om coveret dækker for kameraet.',
  },
  'allow-microphone': {
    usual: 'Klik på ikonet til venstre for adressen øverst, og tillad mikrofonen. Prøv så igen.',
    apple:
      'Tryk på ikonet i adressefeltet, åbn indstillingerne for siden, og sæt Mikrofon til Tillad. Prøv så igen.',
    android:
      'Tryk på ikonet til venstre for adressen, vælg Tilladelser, og slå mikrofonen til. Prøv så igen.',
  },
  'connect-microphone': {
    usual: 'Sæt en mikrofon eller et headset til, og prøv igen. I kan også tale i telefon imens.',
    apple: 'Tag et eventuelt headset ud, og sæt det i igen. Hjælper det ikke, så genstart enheden.',
    android: 'Tag et eventuelt headset ud, og sæt det i igen. Hjælper det ikke, så genstart enheden.',
  },
  'close-other-microphone-users': {
    usual: 'Luk andre programmer, der kan bruge mikrofonen, for eksempel Teams eller en anden fane.',
    apple: 'Er du i gang med et telefonopkald? Så læg på dér, og luk andre apps.',
    android: 'Er du i gang med et telefonopkald? Så læg på dér, og luk andre apps.',
  },
  'speak-or-unmute': {
    usual: 'Sig noget højt. Se efter, om der sidder en lydløs-knap på dit headset eller din computer.',
    apple: 'Sig noget højt, tæt på enheden. Se efter, om coveret dækker for mikrofonen.',
    android: 'Sig noget højt, tæt på enheden. Se efter, om coveret dækker for mikrofonen.',
  },
  'turn-up-sound': {
    usual: 'Skru op for lyden på computeren. Er der et headset i, så kommer lyden dér.',
    apple: 'Skru op på knapperne i siden. Er der et headset forbundet, så kommer lyden dér.',
    android: 'Skru op på knapperne i siden. Er der et headset forbundet, så kommer lyden dér.',
  },
  'check-network': {
    usual: 'Se efter, om du er på nettet, og prøv igen.',
    apple: 'Slå flytilstand til og fra igen, og prøv så igen.',
    android: 'Slå flytilstand til og fra igen, og prøv så igen.',
  },
  'come-closer-to-network': {
    usual: 'Dit internet er lidt svagt. Gå tættere på din router, og luk andre sider, der bruger nettet.',
  },
  'use-other-network': {
    usual: 'Prøv et andet net, for eksempel telefonens eget. Så virker det som regel.',
    apple: 'Slå wi-fi fra, og brug mobildata i stedet. Så virker det som regel.',
    android: 'Slå wi-fi fra, og brug mobildata i stedet. Så virker det som regel.',
  },
  'better-network': {
    usual:
      'Lyd og billede kommer igennem ad en omvej, så det kan hakke. Har du et andet net, så brug hellere det.',
    apple:
      'Lyd og billede kommer igennem ad en omvej, så det kan hakke. Mobildata er måske bedre end wi-fi her.',
    android:
      'Lyd og billede kommer igennem ad en omvej, så det kan hakke. Mobildata er måske bedre end wi-fi her.',
  },
  'not-yours': {
    usual:
      'Det er hos os, det driller, ikke hos dig. Prøv igen om lidt. Lykkes det ikke, gør I, som I har aftalt.',
  },
};

const en: Record<Advice, Words> = {
  'update-browser': {
    usual: 'Update the browser, or open the link in a newer Chrome, Edge, Firefox or Safari.',
    apple: 'Go to Settings, General, Software Update. If it cannot be updated, use another device.',
    android: 'Update Chrome in the Play Store, and open the link again.',
  },
  'open-in-browser': {
    usual: 'You opened the link inside another program. Copy the link and open it in your browser.',
    apple: 'You opened the link inside another app. Press the share icon and choose Open in Safari.',
    android: 'You opened the link inside another app. Press the three dots and choose Open in Chrome.',
  },
  'needs-secure-address': {
    usual: 'The address must begin with https. Open the link from your message again.',
  },
  'allow-camera': {
    usual: 'Click the icon to the left of the address at the top and allow the camera. Then try again.',
    apple:
      'Press the icon in the address field, open the settings of the page and set Camera to Allow. Then try again.',
    android:
      'Press the icon to the left of the address, choose Permissions and turn the camera on. Then try again.',
  },
  'connect-camera': {
    usual: 'Connect a camera, or see whether its cable sits well. You can also go in without a picture.',
    apple: 'Close other apps and restart the device. You can also go in without a picture.',
    android: 'Close other apps and restart the device. You can also go in without a picture.',
  },
  'close-other-camera-users': {
    usual: 'Close other programs that may use the camera, such as Teams or another tab.',
    apple: 'Close other apps that may use the camera, such as FaceTime.',
    android: 'Close other apps that may use the camera.',
  },
  'uncover-camera': {
    usual: 'The picture is black. See whether something covers the camera.',
    apple: 'The picture is black. See whether the case covers the camera.',
  },
  'allow-microphone': {
    usual: 'Click the icon to the left of the address at the top and allow the microphone. Then try again.',
    apple:
      'Press the icon in the address field, open the settings of the page and set Microphone to Allow. Then try again.',
    android:
      'Press the icon to the left of the address, choose Permissions and turn the microphone on. Then try again.',
  },
  'connect-microphone': {
    usual: 'Connect a microphone or headset and try again. You can also talk by phone meanwhile.',
    apple: 'Take a headset out and put it back in. If that does not help, restart the device.',
    android: 'Take a headset out and put it back in. If that does not help, restart the device.',
  },
  'close-other-microphone-users': {
    usual: 'Close other programs that may use the microphone, such as Teams or another tab.',
    apple: 'Are you in a telephone call? Then hang up there and close other apps.',
    android: 'Are you in a telephone call? Then hang up there and close other apps.',
  },
  'speak-or-unmute': {
    usual: 'Say something aloud. See whether your headset or computer has a mute button.',
    apple: 'Say something aloud, close to the device. See whether the case covers the microphone.',
    android: 'Say something aloud, close to the device. See whether the case covers the microphone.',
  },
  'turn-up-sound': {
    usual: 'Turn the volume of the computer up. If a headset is connected, the sound is there.',
    apple: 'Turn the volume up by the buttons on the side. If a headset is connected, the sound is there.',
    android: 'Turn the volume up by the buttons on the side. If a headset is connected, the sound is there.',
  },
  'check-network': {
    usual: 'See whether you are online, and try again.',
    apple: 'Turn flight mode on and off again, then try again.',
    android: 'Turn flight mode on and off again, then try again.',
  },
  'come-closer-to-network': {
    usual: 'Your internet is a little weak. Go closer to your router, and close other pages that use it.',
  },
  'use-other-network': {
    usual: 'Try another network, such as the phone’s own. That usually helps.',
    apple: 'Turn wi-fi off and use mobile data instead. That usually helps.',
    android: 'Turn wi-fi off and use mobile data instead. That usually helps.',
  },
  'better-network': {
    usual:
      'Sound and picture take a detour, so they may stutter. If you have another network, rather use that.',
    apple: 'Sound and picture take a detour, so they may stutter. Mobile data may be better than wi-fi here.',
    android:
      'Sound and picture take a detour, so they may stutter. Mobile data may be better than wi-fi here.',
  },
  'not-yours': {
    usual:
      'The trouble is with us, not with you. Try again in a moment. If it does not help, you do as you agreed.',
  },
};

/** One thing to try, for the device in hand. */
export function adviceFor(advice: Advice, platform: Platform, language: Language): string {
  const words = (language === 'da' ? da : en)[advice];
  if (platform === 'ipad' || platform === 'iphone') return words.apple ?? words.usual;
  if (platform === 'android') return words.android ?? words.usual;
  return words.usual;
}
