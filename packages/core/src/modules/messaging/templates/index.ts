export { countSeptets, smsSeptets } from './gsm.ts';
export { formatPhone, senderNames, type Telling, type Written, writeMessage } from './write.ts';
