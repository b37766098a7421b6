package yamlfile

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"meridian/bot"
)

// maxSecretSize is the size in bytes above which a file is taken for something
// else than a secret.
const maxSecretSize = 64 << 10

// expand puts environment variables in the place of ${NAME}. What a variable
// holds is not expanded again.
func (f *File) expand(text string) (string, error) {
	var out strings.Builder
	for {
		i := strings.Index(text, "${")
		if i < 0 {
			out.WriteString(text)
			return out.String(), nil
		}
		if i > 0 && text[i-1] == '$' {
			out.WriteString(text[:i-1] + "${")
			text = text[i+2:]
			continue
		}
		out.WriteString(text[:i])
		name, rest, ok := strings.Cut(text[i+2:], "}")
		if !ok || !validName(name) {
			return "", errors.New("has a ${ that is not ${NAME}; write $${ for a plain ${")
		}
		value, ok := f.env(name)
		if !ok {
			return "", fmt.Errorf("needs the environment variable %s, which is not set", name)
		}
		out.WriteString(value)
		text = rest
	}
}

func validName(s string) bool {
	ok, err := regexp.MatchString(`^[A-Za-z_][A-Za-z0-9_]*$`, s)
	return ok && err == nil
}

// secretFile fills a secret from the file that its twin key names. A path that
// is not absolute counts from the folder of the configuration.
func (f *File) secretFile(path string, n ast.Node, v reflect.Value) {
	var name string
	before := len(f.problems)
	f.value(path, n, reflect.ValueOf(&name).Elem())
	if len(f.problems) > before {
		return
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(f.folder, name)
	}
	secret, err := readSecret(name)
	if err != nil {
		f.Problem(path, "%v", err)
		return
	}
	if v.Kind() == reflect.Slice {
		v.Set(reflect.ValueOf([]bot.Secret{secret}))
	} else {
		v.Set(reflect.ValueOf(secret))
	}
}

func readSecret(name string) (bot.Secret, error) {
	file, err := os.Open(name)
	if err != nil {
		return "", fmt.Errorf("names %s, which cannot be read: %w", name, errors.Unwrap(err))
	}
	defer file.Close()
	info, err := file.Stat()
	switch {
	case err != nil:
		return "", fmt.Errorf("names %s, which cannot be read: %w", name, err)
	case !info.Mode().IsRegular():
		return "", fmt.Errorf("names %s, which is not a file", name)
	case info.Mode().Perm()&0o077 != 0:
		return "", fmt.Errorf("names %s, which others can read; chmod 600 it", name)
	}
	data, err := io.ReadAll(io.LimitReader(file, maxSecretSize+1))
	if err != nil {
		return "", fmt.Errorf("names %s, which cannot be read: %w", name, err)
	}
	secret := strings.TrimRight(string(data), "\r\n")
	switch {
	case len(data) > maxSecretSize:
		return "", fmt.Errorf("names %s, which is too large for a secret", name)
	case secret == "":
		return "", fmt.Errorf("names %s, which is empty", name)
	}
	return bot.Secret(secret), nil
}
