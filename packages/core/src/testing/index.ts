export { fingerprint, idsOf } from './access-evidence.ts';
export { makePlace, type Place } from './access-place.ts';
export { type Allowance, walkAccess } from './access-walk.ts';
export { type Caller, startTestApp, type TestApp, type TestAppOptions } from './app.ts';
export { walkBadInput } from './bad-input-walk.ts';
export { createTestDatabase, type TestDatabase } from './database.ts';
export { refusalOf } from './refusal.ts';
export { openProber, type Prober, walkRowSecurity } from './row-security-walk.ts';
export { insertTwins, nordby, sydby } from './twin-rows.ts';
