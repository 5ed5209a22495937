/** Known to both servers, to the clients' tokens and to whoever checks the webhooks. */
export const apiKey = 'compatkey';
export const apiSecret = 'a-secret-for-tests-only-that-is-long-enough';
