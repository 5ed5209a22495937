/** Stands in every answer to somebody of a municipality whose people are invented. In a file of its own, since it needs no schema. */
export const demoHeader = 'naer-demo';
