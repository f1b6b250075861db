/** What one request for predictions may hold, and what one member may ask: everything that is sent is bounded. */
export const PREDICT_LIMITS = {
  /** Bytes of one picture, sent or fetched. */
  imageBytes: 16 * 2 ** 20,
  /** Bytes of a request with several. */
  bodyBytes: 32 * 2 ** 20,
  /** Pictures in one request. */
  images: 32,
  /** Pictures that one member may ask a second, and at once after a rest; for each server. */
  perSecond: 100,
  burst: 200,
  /** Pictures that wait for an answer at one server, whoever asks. */
  waiting: 256,
} as const;

/** How many of the newest pictures that were asked a project may keep; 0: none, as it begins. */
export const KEPT_CHOICES = [0, 100, 1000] as const;
/** Pictures that go to review in one call. */
export const SENT_MOST = 120;
