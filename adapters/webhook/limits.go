package webhook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

const (
	maxDepth    = 64     // of arrays and objects in each other
	maxElements = 10_000 // of one array or object
)

// trimBOM drops the byte order mark that some senders put before JSON.
func trimBOM(body []byte) []byte { return bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")) }

// limits refuses what is no JSON, and JSON that is made to cost much: very deep,
// very many elements, numbers that no program holds. It allocates nothing that
// grows with the body.
func limits(body []byte) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return errors.New("the body is empty: send a JSON object")
	}
	if !json.Valid(body) {
		return errors.New("the body is not valid JSON")
	}
	var commas [maxDepth]int
	depth := 0
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case c == '"':
			i = endOfString(body, i)
		case c == '{' || c == '[':
			if depth == maxDepth {
				return fmt.Errorf("the body is nested deeper than %d levels", maxDepth)
			}
			commas[depth] = 0
			depth++
		case c == '}' || c == ']':
			depth--
		case c == ',':
			if commas[depth-1]++; commas[depth-1] >= maxElements {
				return fmt.Errorf("a list in the body has more than %d elements", maxElements)
			}
		case c == '-' || c >= '0' && c <= '9':
			end := endOfNumber(body, i)
			if _, err := strconv.ParseFloat(string(body[i:end]), 64); err != nil {
				return errors.New("a number in the body is too large")
			}
			i = end - 1
		}
	}
	return nil
}

// endOfString is the index of the quote that ends the string begun at i. The
// JSON is known to be valid.
func endOfString(body []byte, i int) int {
	for i++; body[i] != '"'; i++ {
		if body[i] == '\\' {
			i++
		}
	}
	return i
}

// endOfNumber is the index after the number begun at i.
func endOfNumber(body []byte, i int) int {
	for i < len(body) && bytes.IndexByte([]byte("+-.0123456789eE"), body[i]) >= 0 {
		i++
	}
	return i
}

// members calls fn with each key of an object and what follows it: the value
// and all after. The JSON is known to be valid, and to be an object.
func members(body []byte, fn func(key string, rest []byte)) {
	depth := 0
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case '"':
			end := endOfString(body, i)
			rest := bytes.TrimLeft(body[end+1:], " \t\r\n")
			if depth == 1 && len(rest) > 0 && rest[0] == ':' {
				fn(unquoted(body[i:end+1]), bytes.TrimLeft(rest[1:], " \t\r\n"))
			}
			i = end
		}
	}
}

func unquoted(quoted []byte) string {
	s := string(quoted[1 : len(quoted)-1])
	if bytes.IndexByte(quoted, '\\') >= 0 {
		_ = json.Unmarshal(quoted, &s) // cannot fail: the JSON is valid
	}
	return s
}

// objects reports whether the JSON at the start of body is an empty list or one
// whose first element is an object or null.
func objects(body []byte) bool {
	if body[0] != '[' {
		return false
	}
	first := bytes.TrimLeft(body[1:], " \t\r\n")[0]
	return first == '{' || first == ']' || first == 'n'
}
