import { asApiError, type ApiError } from '$lib/api/errors';

/** Null when the work went well, else what to tell the person. */
export async function failureOf(work: () => Promise<unknown>): Promise<ApiError | null> {
  try {
    await work();
    return null;
  } catch (problem) {
    return asApiError(problem);
  }
}
