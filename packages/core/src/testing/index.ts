export { createTestDatabase, type TestDatabase } from './database.ts';
export { openProber, type Prober, walkRowSecurity } from './row-security-walk.ts';
export { insertTwins, nordby, sydby } from './twin-rows.ts';
