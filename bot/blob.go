package bot

// Blob names bytes that the store keeps apart from rows: raw mails,
// attachments, bodies over 64 KiB. It is the SHA-256 of its content in hex.
type Blob struct {
	Hash string `json:"hash,omitempty"`
	Size int64  `json:"size,omitempty"`
	Kind string `json:"kind,omitempty"` // "mail", "attachment", "body": how long it is kept
}

// InlineLimit is the size in bytes up to which an event's bytes stay in its row.
const InlineLimit = 64 << 10
