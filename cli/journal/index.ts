export {
  type Action,
  actionsText,
  type Entry,
  Journal,
  journalFile,
  type JournalFile,
  type Outcome,
  readJournal,
} from "./journal";
