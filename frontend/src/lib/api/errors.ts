/**
 * One error for every way a request can go wrong. `message` is a sentence for a person, `code` is
 * for the program, `status` is the HTTP status (0 when no reply came at all).
 */
import { strings } from '$lib/strings';

export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    message: string,
    readonly status: number,
    readonly code: string,
    /** Messages of single fields, from a 422 reply: field name to sentence. */
    readonly fields: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }

  get unreachable(): boolean {
    return this.code === 'unreachable';
  }
}

interface ValidationProblem {
  loc: (string | number)[];
  msg: string;
}

/** The error that a reply's status and parsed body stand for; reads the /api, /v1 and FastAPI 422 shapes. */
export function errorFromReply(status: number, body: unknown): ApiError {
  if (isRecord(body)) {
    if (Array.isArray(body.detail)) return validationError(status, body.detail);
    if (typeof body.detail === 'string') {
      return new ApiError(body.detail, status, text(body.code) ?? `http_${status}`);
    }
    if (isRecord(body.error) && typeof body.error.message === 'string') {
      return new ApiError(body.error.message, status, text(body.error.code) ?? `http_${status}`);
    }
  }
  return new ApiError(strings.errors.unexpectedStatus(status), status, `http_${status}`);
}

/** What anything thrown amounts to: an ApiError stays, a failed fetch becomes `unreachable`. */
export function asApiError(problem: unknown): ApiError {
  if (problem instanceof ApiError) return problem;
  if (problem instanceof SyntaxError) {
    return new ApiError(strings.errors.unreadable, 0, 'unreadable_reply');
  }
  return new ApiError(strings.errors.unreachable, 0, 'unreachable');
}

export function isAbort(problem: unknown): boolean {
  return problem instanceof Error && problem.name === 'AbortError';
}

function validationError(status: number, detail: unknown[]): ApiError {
  const problems = detail.filter(isValidationProblem);
  const fields: Record<string, string> = {};
  for (const { loc, msg } of problems) {
    fields[String(loc.at(-1) ?? '')] ??= msg.replace(/^Value error, /, '');
  }
  const sentence = Object.entries(fields).map(([field, message]) => `${field}: ${message}`);
  const message = sentence.join('. ') || strings.errors.unexpectedStatus(status);
  return new ApiError(message, status, 'validation_failed', fields);
}

function isValidationProblem(value: unknown): value is ValidationProblem {
  return isRecord(value) && Array.isArray(value.loc) && typeof value.msg === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
