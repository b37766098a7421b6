package storage

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// bodyVersion is the version in the bodies that this package writes itself.
// Decoders of the version before are kept for one release.
const bodyVersion = 1

// encode writes a body that carries its version in its field V.
func encode(what string, body any) (string, error) {
	b, err := json.Marshal(body)
	if err != nil {
		return "", fmt.Errorf("storage: encode %s: %w", what, err)
	}
	return string(storableJSON(b)), nil
}

// decode reads what encode wrote; v points at the version within body.
func decode(what, data string, body any, v *int) error {
	if err := json.Unmarshal([]byte(data), body); err != nil {
		return fmt.Errorf("storage: decode %s: %w", what, err)
	}
	if *v != bodyVersion {
		return fmt.Errorf("storage: decode %s: version %d is not known", what, *v)
	}
	return nil
}

var escapedNUL = []byte(`\u0000`)

// storableJSON replaces the escape of NUL within strings. json.Marshal has
// already replaced invalid UTF-8. An escaped backslash before "u0000" is text.
func storableJSON(b []byte) []byte {
	if !bytes.Contains(b, escapedNUL) {
		return b
	}
	for i := 0; i < len(b); i++ {
		if b[i] != '\\' {
			continue
		}
		if bytes.HasPrefix(b[i:], escapedNUL) {
			copy(b[i:], `\ufffd`)
		}
		i++ // the character that is escaped
	}
	return b
}

// maxKey is the longest key in bytes that is stored as it stands. PostgreSQL
// refuses index entries above 2,704 bytes.
const maxKey = 500

// bounded cuts an overlong key and adds the hash of all of it, so that it
// stays unique.
func bounded(key string) string {
	if len(key) <= maxKey {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return storableText(key[:maxKey-2*len(sum)-1]) + "#" + hex.EncodeToString(sum[:])
}

var hashField = []byte(`"hash":"`)

// blobHashes finds the blobs that a JSON body names, in files or by itself.
func blobHashes(body []byte) []string {
	var out []string
	for {
		i := bytes.Index(body, hashField)
		if i < 0 {
			return out
		}
		body = body[i+len(hashField):]
		if len(body) < 2*sha256.Size {
			return out
		}
		if hash := string(body[:2*sha256.Size]); isHash(hash) {
			out = append(out, hash)
		}
	}
}

func isHash(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == sha256.Size
}
