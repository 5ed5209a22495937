// A part of its own, so that a program which only reports errors need not load every schema.
export * from '../kernel/errors.ts';
