/** The one question that is asked before something that cannot be undone. */
import { belongsToSession } from './belongings';

export interface Question {
  title: string;
  text: string;
  /** The verb on the button, such as "Delete model". */
  action: string;
  /** The way out, where "Cancel" could be taken for the action itself. */
  keep?: string;
  bad?: boolean;
}

export class Confirmation {
  question = $state<Question | null>(null);
  #answer: ((agreed: boolean) => void) | null = null;

  /** True when the person agreed. A question that is overtaken by another is a no. */
  ask(question: Question): Promise<boolean> {
    this.answer(false);
    this.question = question;
    return new Promise((resolve) => (this.#answer = resolve));
  }

  answer(agreed: boolean): void {
    this.question = null;
    this.#answer?.(agreed);
    this.#answer = null;
  }
}

export const confirmation = new Confirmation();
belongsToSession(() => confirmation.answer(false));
