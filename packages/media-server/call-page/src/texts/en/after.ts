import type { after as danish } from '../da/after.ts';
import type { Said } from '../shape.ts';

export const after: Said<typeof danish> = {
  failed: {
    title: 'Sound and picture did not work',
    lead: 'It is not your fault. What you agreed happens now:',
    workerPhones: (worker, ends) =>
      `${worker} will phone you${ends === null ? '' : ` on the number that ends in ${ends}`}.`,
    citizenPhones: (worker) => `Phone ${worker} on the number that you agreed on.`,
    within: (time) => `By ${time}`,
    countdown: (span) => `in ${span}`,
    phoneNow: 'Phone now.',
    overdue: 'The phone should be ringing now.',
    overdueLead: 'If nobody has phoned, phone yourself.',
    keepPhone: 'Keep the phone at hand, with its sound on.',
    hostTitle: 'The call did not work',
    hostPhones: 'Phone the citizen now, as you agreed.',
    hostIsPhoned: 'The citizen phones you, as you agreed.',
    showNumber: 'Show the number',
    numberLogged: 'It is noted that you saw the number.',
    noNumber: 'No number is kept. Find it in your own system.',
    guest: 'The host phones those it was agreed with. You need not do anything.',
    told: 'Support has been told of the fault. They cannot see who you are.',
  },
  after: {
    title: 'The call is over',
    hungUp: 'You have hung up',
    hungUpLead: 'That is quite all right.',
    thanks: 'Thank you for now.',
    worked: 'Did sound and picture work?',
    yes: 'Yes',
    no: 'No',
    noted: 'Thank you, it is noted.',
    nextTitle: 'You talk again',
    nextChannel: { video: 'On the screen', physical: 'You meet', phone: 'By phone' },
    noNext: (worker) => `${worker} will write to you when you have a new appointment.`,
    goBack: 'Go back to the call',
    closePage: 'You can close the page now.',
  },
};
