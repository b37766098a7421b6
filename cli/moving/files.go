package moving

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
)

// Bounds on what is read into memory: a packed file may be a bomb.
const (
	maxMember = 1 << 30 // bytes of one file
	maxAll    = 3 << 30 // of all files together
)

// member is a file, or one of a packed one.
type member struct {
	name string // without folders, lower case
	data []byte
}

// members reads a file, or those with one of some endings in a zip.
func members(file string, endings ...string) (all []member, err error) {
	raw, err := bounded(file)
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(raw, []byte("PK\x03\x04")) {
		return []member{{strings.ToLower(path.Base(strings.ReplaceAll(file, `\`, "/"))), raw}}, nil
	}
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, errDamaged)
	}
	room := int64(maxAll)
	for _, f := range z.File {
		name := strings.ToLower(path.Base(f.Name))
		if f.FileInfo().IsDir() || !hasEnding(name, endings) || strings.HasPrefix(name, ".") {
			continue
		}
		data, err := unpack(f, min(maxMember, room))
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", file, f.Name, err)
		}
		room -= int64(len(data))
		all = append(all, member{name, data})
	}
	return all, nil
}

func hasEnding(name string, endings []string) bool {
	for _, e := range endings {
		if strings.HasSuffix(name, e) {
			return true
		}
	}
	return false
}

func unpack(f *zip.File, limit int64) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, errDamaged
	}
	defer r.Close() //nolint:errcheck // it was only read
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	switch {
	case err != nil:
		return nil, errDamaged
	case int64(len(data)) > limit:
		return nil, errors.New("it is larger than what can be read at once; import it in parts")
	}
	return data, nil
}

// bounded reads all of a file.
func bounded(file string) ([]byte, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, fmt.Errorf("read the export: %w", err)
	}
	if info.IsDir() {
		return nil, fmt.Errorf("%s is a folder; name a file, or pack the folder as a zip", file)
	}
	if info.Size() > maxMember {
		return nil, fmt.Errorf("%s is larger than 1 GiB; import it in parts", file)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the export: %w", err)
	}
	if len(raw) == 0 {
		return nil, fmt.Errorf("%s is empty", file)
	}
	return raw, nil
}
