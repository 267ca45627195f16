/** Words of the page that follows the first start. */
export const welcome = {
  title: 'Welcome',
  text: 'What this machine can do, and what to try first.',
  skip: 'Skip to the chat',

  machineTitle: 'This machine',
  sentences: {
    metal: (budget: string) => `Models run on its GPU and may use ${budget} of its memory.`,
    cuda: (budget: string) => `Models run on its GPU and may use ${budget}.`,
    cpu: (budget: string) =>
      `Models run on its processor, since MLX finds no GPU here, and may use ${budget} of its memory. Small models answer well; large ones take their time.`,
  },
  processor: 'Processor',
  processorOf: (name: string, count: number) => `${name}, ${count} cores`,
  unknownProcessor: (count: number, architecture: string) => `${count} cores (${architecture})`,
  computes: 'Models run on',
  computesOn: {
    metal: 'the GPU (Metal)',
    cuda: 'the GPU (CUDA)',
    cpu: 'the processor',
  },
  memory: 'Memory',
  disk: 'Room for models on the disk',
  mlx: 'MLX',
  forModels: (budget: string) => `${budget} for models`,
  forOthers: (rest: string) => `${rest} for everything else`,
  memoryBar: (budget: string, whole: string) => `Models may use ${budget} of ${whole}`,

  examining: 'Looking whether anything is in the way',
  well: 'Nothing is in the way.',
  warnings: 'What to know first',
  examineFailed: 'It could not be found out whether all is well here.',
  /** By what doctor calls its checks: what they mean for a person. */
  findings: {
    Python: 'Python is too old',
    MLX: 'Models cannot run here yet',
    OpenBLAS: 'Models run slowly here until one package is installed',
    Memory: 'There is little memory',
    Database: 'The database needs help',
    'Model cache': 'There is little room for models on the disk',
    Port: 'The address is taken by something else',
    Dashboard: 'The dashboard is not whole',
    'Guide model': 'The guide is not whole',
    Doctor: 'It could not be found out whether all is well here',
  } as Record<string, string>,

  guideTitle: 'Talk to the guide at once',
  guideText:
    'A small model comes with MLX Manager. It knows how to use it, needs no download, and answers now.',
  guideLimit: 'It knows little else: for real work, take one of the models below.',
  chatNow: 'Chat now',

  picksTitle: 'Models that fit this machine',
  picksText: 'Chosen among what is used most at the hub. They stay on this machine.',
  picksList: 'Models to start with',
  roles: {
    small: { name: 'Small', text: 'Answers soonest and leaves room for your other work.' },
    balanced: { name: 'Balanced', text: 'Knows more, for every day.' },
    large: { name: 'Largest that fits well', text: 'The best answers this machine can give.' },
  },
  download: 'Download',
  downloadOf: (model: string) => `Download ${model}`,
  starting: 'Starting',
  size: 'Download',
  needs: 'In memory',
  needsOf: (needed: string, tokens: string) => `${needed} with ${tokens} tokens`,
  speed: 'Expected',
  speeds: {
    quick: 'Writes faster than you read',
    steady: 'Writes about as fast as you read',
    slow: 'Writes slower than you read',
  },
  here: 'On this machine',
  chatWith: 'Chat with it',
  chatWithModel: (model: string) => `Chat with ${model}`,
  more: 'Find others',

  offlineTitle: 'Offline mode: the hub is not asked',
  offlineText:
    'This server was started with MLX_MANAGER_OFFLINE_MODE, so nothing is looked up or downloaded. The guide works all the same, and so does every model that is in the model cache already. To download some, start the server without it.',
  showLocal: 'Show the models that are here',
  unreachableTitle: 'The hub is out of reach',
  unreachableText:
    'The guide needs no connection and answers now. The models come as soon as this machine reaches huggingface.co again.',
  emptyTitle: 'Nothing to suggest',
  emptyText: 'Among the models used most at the hub, none fits this machine well.',

  nextTitle: 'And then',
  steps: {
    connect: {
      name: 'Connect your tools',
      text: 'A key for your editor or script, with lines to copy.',
    },
    people: {
      name: 'Share it with the team',
      text: 'Who asks for an account waits for you there.',
    },
    system: {
      name: 'See what the machine does',
      text: 'Memory, versions, and whether all is well.',
    },
  },
} as const;
