export { parseCitizenCode } from '../kernel/citizen-code.ts';
