/** One setting, as the reference documents it and the configuration reads it. */
export interface MediaSetting {
  readonly name: string;
  readonly fallback: string;
  readonly meaning: string;
  /** Settings with the same group are set together or not at all. */
  readonly group?: string;
}

/** Every setting of the media server; the reference of settings is made from this table. */
export const mediaSettings = [
  {
    name: 'NAER_MEDIA_PORT',
    fallback: '7880',
    meaning: 'TCP port of signalling and administration; 0 takes any free one.',
  },
  {
    name: 'NAER_MEDIA_HOST',
    fallback: '127.0.0.1',
    meaning:
      'Address that signalling and administration listen on. Core reaches it there and passes browsers on.',
  },
  {
    name: 'NAER_MEDIA_KEY',
    fallback: '',
    meaning: 'API key that tokens name as their issuer. With npm start it is made at the first start.',
    group: 'media keys',
  },
  {
    name: 'NAER_MEDIA_SECRET',
    fallback: '',
    meaning: 'Secret that signs tokens and webhooks, at least 32 characters.',
    group: 'media keys',
  },
  {
    name: 'NAER_MEDIA_UDP_PORT',
    fallback: '7882',
    meaning: 'The one UDP port for all media; 0 takes any free one.',
  },
  {
    name: 'NAER_MEDIA_UDP_RANGE',
    fallback: '',
    meaning: 'first-last: free UDP ports out of this range are used, instead of the one port.',
  },
  {
    name: 'NAER_MEDIA_BIND_ADDRESS',
    fallback: 'every interface',
    meaning: 'Local address that media is sent from and received at.',
  },
  {
    name: 'NAER_MEDIA_ANNOUNCED_ADDRESSES',
    fallback: '',
    meaning:
      'Public addresses, comma separated, that are told to clients too where the machine is behind NAT.',
  },
  {
    name: 'NAER_MEDIA_STUN_URLS',
    fallback: '',
    meaning:
      'stun: addresses, comma separated, handed to clients so that they find their own public address.',
  },
  {
    name: 'NAER_MEDIA_TURN_URLS',
    fallback: '',
    meaning:
      'turn: and turns: addresses, comma separated, of a relay for clients that cannot reach the UDP port straight. Chrome and Edge get through by a relay that they reach by UDP, not by TCP or TLS; see the guide for operators.',
  },
  {
    name: 'NAER_MEDIA_TURN_USERNAME',
    fallback: '',
    meaning: 'User name at the relay, where it is a fixed one.',
    group: 'relay login',
  },
  {
    name: 'NAER_MEDIA_TURN_CREDENTIAL',
    fallback: '',
    meaning: 'Password at the relay.',
    group: 'relay login',
  },
  {
    name: 'NAER_MEDIA_TURN_SECRET',
    fallback: '',
    meaning:
      'Secret shared with the relay (use-auth-secret of coturn): every participant gets a login for one day.',
  },
  {
    name: 'NAER_MEDIA_WEBHOOK_URLS',
    fallback: '',
    meaning: 'Where signed events are posted, comma separated; each address gets all of them.',
  },
  {
    name: 'NAER_MEDIA_AUTO_CREATE',
    fallback: '1',
    meaning: 'Whether joining makes a room that does not exist; with 0 only CreateRoom does.',
  },
  {
    name: 'NAER_MEDIA_EMPTY_TIMEOUT',
    fallback: '300',
    meaning: 'Seconds after which a room ends that nobody has joined.',
  },
  {
    name: 'NAER_MEDIA_DEPARTURE_TIMEOUT',
    fallback: '20',
    meaning: 'Seconds after which a room ends that the last one has left.',
  },
  { name: 'NAER_MEDIA_MAX_ROOMS', fallback: '500', meaning: 'Rooms at once.' },
  { name: 'NAER_MEDIA_MAX_PARTICIPANTS', fallback: '400', meaning: 'Participants at once, in all rooms.' },
  { name: 'NAER_MEDIA_MAX_PER_ROOM', fallback: '32', meaning: 'Participants at once in one room.' },
  {
    name: 'NAER_MEDIA_MAX_SOCKETS',
    fallback: '64',
    meaning: 'Signalling connections at once from one address.',
  },
  { name: 'NAER_MEDIA_MAX_JOINS', fallback: '20', meaning: 'Joins a second from one address.' },
  {
    name: 'NAER_MEDIA_TRUSTED_PROXIES',
    fallback: 'this machine',
    meaning: 'Further addresses or CIDR ranges, comma separated, whose X-Forwarded-For is believed.',
  },
  {
    name: 'NAER_MEDIA_METRICS_TOKEN',
    fallback: '',
    meaning: 'Bearer token for /metrics from other machines; without it only this machine may read them.',
  },
  {
    name: 'NAER_MEDIA_DRAIN_SECONDS',
    fallback: '30',
    meaning:
      'How long calls may go on after SIGTERM before everybody is sent away; a second signal ends at once.',
  },
  { name: 'NAER_MEDIA_LOG_LEVEL', fallback: 'info', meaning: 'fatal, error, warn, info, debug or silent.' },
] as const satisfies readonly MediaSetting[];

export type MediaSettingName = (typeof mediaSettings)[number]['name'];
