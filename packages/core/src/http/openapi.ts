import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';

/** `/api/v1/openapi.json` and a page to browse it at `/api/v1/docs`; both made from the contract, both open to anybody. */
export async function registerOpenApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Nær',
        version: '1',
        description:
          'Operations for online bostøtte. Every write takes an Idempotency-Key; lists are paged by `next` and `cursor`; errors are problem details (RFC 9457).',
        license: { name: 'MPL-2.0', identifier: 'MPL-2.0' },
      },
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'A personal access token.' },
        },
      },
      security: [{ token: [] }],
    },
    transform: jsonSchemaTransform,
  });
  // Before the page brings its routes, or it would ask for a token.
  app.addHook('onRoute', (route) => {
    if (route.url.startsWith('/api/v1/docs')) route.config = { ...route.config, open: true };
  });
  await app.register(swaggerUi, {
    routePrefix: '/api/v1/docs',
    staticCSP: true,
    // Whose framework serves the page, and the field for other addresses, help nobody here.
    theme: { title: 'Nær API', css: [{ filename: 'naer.css', content: '.topbar { display: none }' }] },
    uiConfig: { docExpansion: 'none', deepLinking: true },
  });
  app.get('/api/v1/openapi.json', { config: { open: true }, schema: { hide: true } }, () => app.swagger());
}
