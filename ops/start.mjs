// `npm start`: makes the checkout ready and becomes the service, in this very process where Node is recent, so that
// signals and the exit code are the service's own.
import module from 'node:module';
import { pathToFileURL } from 'node:url';
import { explain } from './progress.mjs';
import { checkout, endWithParent, prepare } from './toolchain.mjs';

try {
  endWithParent();
  const exitCode = await prepare(import.meta.url);
  if (exitCode === null) {
    process.chdir(checkout);
    module.enableCompileCache?.();
    await import(new URL('packages/core/dist/main.js', pathToFileURL(`${checkout}/`)).href);
  } else {
    process.exitCode = exitCode;
  }
} catch (error) {
  process.exitCode = explain(error);
}
