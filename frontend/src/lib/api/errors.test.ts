import { describe, expect, it } from 'vitest';
import { asApiError, ApiError, errorFromReply } from './errors';

describe('errors', () => {
  it('keeps the sentence and the code of the manager', () => {
    const error = errorFromReply(409, { detail: 'A reply still streams.', code: 'reply_running' });
    expect(error).toMatchObject({
      message: 'A reply still streams.',
      status: 409,
      code: 'reply_running',
    });
  });

  it('names the fields of a validation error', () => {
    const error = errorFromReply(422, {
      detail: [
        { loc: ['body', 'email'], msg: 'value is not a valid email address', type: 'value_error' },
        { loc: ['body', 'password'], msg: 'Value error, too short', type: 'value_error' },
      ],
    });
    expect(error.code).toBe('validation_failed');
    expect(error.fields).toEqual({
      email: 'value is not a valid email address',
      password: 'too short',
    });
    expect(error.message).toContain('password: too short');
  });

  it('reads the shape of /v1', () => {
    const body = { error: { message: 'No such model.', type: 'x', code: 'model_not_found' } };
    expect(errorFromReply(404, body)).toMatchObject({
      message: 'No such model.',
      code: 'model_not_found',
    });
  });

  it.each([[null], ['<html>'], [{}], [{ detail: 7 }], [{ error: 'x' }]])(
    'says the status when the body %j tells nothing',
    (body) => {
      expect(errorFromReply(502, body)).toMatchObject({ status: 502, code: 'http_502' });
      expect(errorFromReply(502, body).message).toContain('502');
    },
  );

  it('tells a manager that does not answer from a reply that cannot be read', () => {
    expect(asApiError(new TypeError('fetch failed')).unreachable).toBe(true);
    expect(asApiError(new SyntaxError('Unexpected token')).code).toBe('unreadable_reply');
    const own = new ApiError('x', 500, 'y');
    expect(asApiError(own)).toBe(own);
  });
});
