/**
 * The names the dashboard uses for the shapes of the API, and the only file besides the client that
 * reads the generated schema: a renamed schema is mended here and nowhere else.
 */
import type { components } from './schema';

type Schemas = components['schemas'];

export type User = Schemas['UserReply'];
export type Conversation = Schemas['ConversationReply'];
export type ConversationDetail = Schemas['ConversationDetail'];
export type ConversationPage = Schemas['Page_ConversationReply_'];
export type Folder = Schemas['FolderReply'];
/** A message that was found, or with no `message_id` a conversation by its title. */
export type SearchHit = Schemas['SearchHit'];
export type SearchHitPage = Schemas['Page_SearchHit_'];
export type ImportedChats = Schemas['ImportReply'];
export type Message = Schemas['MessageReply'];
/** A message of the branch that is shown, with the ids of all versions in its place. */
export type PlacedMessage = Schemas['PlacedMessage'];
export type PlacedPage = Schemas['Page_PlacedMessage_'];
export type MessageCreate = Schemas['MessageCreate'];
export type MessageEdit = Schemas['MessageEdit'];
export type ReplyAgain = Schemas['ReplyAgain'];
export type AttachmentRef = Schemas['AttachmentRef'];
export type ToolCall = Schemas['ToolCall'];
export type FunctionTool = Schemas['ToolSpec'];
export type ToolResult = Schemas['ToolResult'];
export type ResultsCreate = Schemas['ResultsCreate'];
export type Turn = Schemas['TurnReply'];
export type ResultsTurn = Schemas['ResultsReply'];
export type LocalModel = Schemas['LocalModelReply'];
export type LocalModelPage = Schemas['Page_LocalModelReply_'];
export type HubModel = Schemas['HubModelReply'];
export type ModelCard = Schemas['ModelCardReply'];
export type Capabilities = Schemas['ModelCapabilities'];
export type Quantization = Schemas['Quantization'];
export type Fit = Schemas['Fit'];
export type Probe = Schemas['ProbeReply'];
export type ProbeCheck = Schemas['ProbeCheck'];
export type ProbeName = Schemas['ProbeName'];
export type Download = Schemas['DownloadReply'];
export type DownloadState = Schemas['DownloadState'];
/** A model that is resident or on its way; `state` is "loading", "ready" or "unloading". */
export type ResidentModel = Schemas['ModelMemory'];
export type Health = Schemas['HealthReply'];

/* People, keys and one's own account. */
export type UserDetail = Schemas['UserDetail'];
export type UserUpdate = Schemas['UserUpdate'];
export type UserPage = Schemas['Page_UserReply_'];
export type Device = Schemas['SessionReply'];
export type ApiKey = Schemas['KeyReply'];
export type ApiKeyCreated = Schemas['KeyCreated'];
export type ApiKeyCreate = Schemas['KeyCreate'];
export type ApiKeyUpdate = Schemas['KeyUpdate'];
export type ApiKeyPage = Schemas['Page_KeyReply_'];

/* What was used, who asked, and how the machine is. */
export type UsagePage = Schemas['UsagePage'];
export type UsageRow = Schemas['UsageReply'];
export type UsageSum = Schemas['UsageSum'];
export type AuditRow = Schemas['AuditReply'];
export type AuditPage = Schemas['Page_AuditReply_'];
export type AuditStatistics = Schemas['AuditStatistics'];
export type SystemInfo = Schemas['SystemInfo'];
export type MemoryReport = Schemas['MemoryReply'];
/** The oldest sample first; sizes in bytes. */
export type MemoryHistory = Schemas['MemoryHistoryReply'];
export type MemorySample = Schemas['MemorySample'];
/** Whether macOS begins the server at login; `detail` is a sentence for a person. */
export type Launchd = Schemas['LaunchdReply'];
export type DoctorReport = Schemas['DoctorReply'];
export type DoctorFinding = Schemas['DoctorFinding'];
export type Setting = Schemas['SettingReply'];
export type SettingsReport = Schemas['SettingsReply'];
export type SettingsChange = Schemas['SettingsChange'];
export type HubTokenState = Schemas['HubTokenReply'];

/* Profiles, and how they run. */
export type Profile = Schemas['ProfileReply'];
export type ProfileCreate = Schemas['ProfileCreate'];
export type ProfileUpdate = Schemas['ProfileUpdate'];
export type ProfileDefaults = Schemas['ProfileDefaults'];
export type Placement = Schemas['PlacementKind'];
/** A profile and how it runs; one with a `process_id` is a process of its own. */
export type Server = Schemas['ServerReply'];
export type ServerState = Schemas['ServerState'];

/** What a model does at this moment; the sums are since it was loaded. */
export type LiveFigures = Schemas['LiveFigures'];

/* Other servers, and which requests go to them. */
export type Provider = Schemas['ProviderReply'];
export type ProviderPage = Schemas['Page_ProviderReply_'];
export type ProviderKind = Schemas['ProviderKind'];
export type ProviderCreate = Schemas['ProviderCreate'];
export type ProviderUpdate = Schemas['ProviderUpdate'];
export type ProviderTest = Schemas['ProviderTest'];
export type RoutingRule = Schemas['RuleReply'];
export type RoutingRulePage = Schemas['Page_RuleReply_'];
export type RuleFields = Schemas['RuleFields'];
export type RoutingWhen = Schemas['RoutingWhen'];
export type RoutingTarget = Schemas['Target'];
export type RouteQuestion = Schemas['RouteQuestion'];
export type RouteAnswer = Schemas['RouteAnswer'];
export type RouteStep = Schemas['RouteStep'];

/** An entry of GET /v1/models: OpenAI's shape with the manager's two extensions. The /v1 app is
 * mounted, so its shapes are not in the manager's OpenAPI document. */
export interface Model {
  id: string;
  object: 'model';
  created: number;
  owned_by: string;
  context_length?: number | null;
  /** Null for one that another server answers for: `owned_by` is that server's name. */
  loaded?: boolean | null;
}

/** What POST /api/models/probe sends; a stream's shapes are not in the OpenAPI document. */
export type ProbeEvent = { event: 'check'; check: ProbeCheck } | { event: 'done'; probe: Probe };

/** What GET /api/events sends: each event is the whole state of its kind. The stream's shapes are not
 * in the OpenAPI document; the manager has them in schemas/feed_event.py. */
export type FeedEvent =
  PoolEvent | RequestsEvent | MemoryEvent | DownloadsEvent | ServersEvent | PeopleEvent;

export interface PoolEvent {
  event: 'pool';
  models: ResidentModel[];
  max_models: number;
  alive: boolean;
  degraded_reason: string | null;
}

export interface RequestsEvent {
  event: 'requests';
  running: number;
  waiting: number;
  finished: number;
  failed: number;
  prompt_tokens: number;
  completion_tokens: number;
  cached_tokens: number;
}

export type MemoryEvent = { event: 'memory' } & Omit<
  Schemas['MemoryReply'],
  'machine_bytes' | 'models'
>;

export interface DownloadsEvent {
  event: 'downloads';
  downloads: Download[];
}

/** The first 200 profiles, as GET /api/servers shows them. */
export interface ServersEvent {
  event: 'servers';
  servers: Server[];
}

/** How many accounts wait for approval; told to administrators only. */
export interface PeopleEvent {
  event: 'people';
  pending: number;
}
