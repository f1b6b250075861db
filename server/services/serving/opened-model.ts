import type { AnswerClass, Prediction } from '#core/serving/serving.ts';
import type { ModelShape } from './predictor.ts';

/** A model that answers. */
export interface OpenedModel extends ModelShape {
  /** What the predictor knows it by. */
  key: string;
  /** Opens it again where the predictor has let it go. */
  reopen(): Promise<ModelShape>;
  classes: AnswerClass[];
  /** What an answer says of who gave it. */
  told: Prediction['model'];
}
