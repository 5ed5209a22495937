import { api } from '../../../contract/index.ts';
import type { Endpoints } from '../../identity/index.ts';
import type { ReviewsService } from './service.ts';

export function registerReviewRoutes(
  endpoints: Endpoints,
  { reviews }: { readonly reviews: ReviewsService },
): void {
  endpoints.read(api.visits.listReviews, async (tx, { actor, query }) => ({
    items: await reviews.list(tx, actor, query),
    next: null,
  }));
  endpoints.write(
    api.visits.answerReview,
    async (tx, { actor, params, body }) => ({
      reference: await reviews.answer(tx, actor, params.code, body),
    }),
    (tx, code) => reviews.show(tx, code),
  );
}
