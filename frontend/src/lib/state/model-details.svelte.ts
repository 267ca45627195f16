/** The model whose details are open beside the list, and its card. */
import { asApiError, type ApiError } from '$lib/api/errors';
import { getModelCard } from '$lib/api/local-models';
import type { HubModel, LocalModel, ModelCard } from '$lib/api/types';
import { belongsToSession } from './belongings';

/** A model as either list shows it. */
export type ShownModel = LocalModel | HubModel;

export class ModelDetails {
  model = $state.raw<ShownModel | null>(null);
  card = $state.raw<ModelCard | null>(null);
  error = $state<ApiError | null>(null);

  async open(model: ShownModel): Promise<void> {
    if (this.model?.id === model.id && this.card) {
      this.model = model;
      return;
    }
    this.model = model;
    this.card = null;
    this.error = null;
    try {
      const card = await getModelCard(model.id);
      if (this.model?.id === model.id) this.card = card;
    } catch (problem) {
      if (this.model?.id === model.id) this.error = asApiError(problem);
    }
  }

  async again(): Promise<void> {
    if (this.model) await this.open(this.model);
  }

  close(): void {
    this.model = null;
    this.card = null;
    this.error = null;
  }
}

export const modelDetails = new ModelDetails();
belongsToSession(() => modelDetails.close());
