package moving

import (
	"archive/zip"
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

// eachMember reads a file, or one after another those with one of some endings in
// a zip.
func eachMember(file string, fn func(m member) error, endings ...string) error {
	if err := fits(file); err != nil {
		return err
	}
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("read the export: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	var magic [4]byte
	if _, err := f.ReadAt(magic[:], 0); err != nil || string(magic[:]) != "PK\x03\x04" {
		raw, err := bounded(file)
		if err != nil {
			return err
		}
		return fn(member{strings.ToLower(path.Base(strings.ReplaceAll(file, `\`, "/"))), raw})
	}
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("read the export: %w", err)
	}
	z, err := zip.NewReader(f, info.Size())
	if err != nil {
		return fmt.Errorf("%s: %w", file, errDamaged)
	}
	room := int64(maxAll)
	for _, packed := range z.File {
		name := strings.ToLower(path.Base(packed.Name))
		if packed.FileInfo().IsDir() || !hasEnding(name, endings) || strings.HasPrefix(name, ".") {
			continue
		}
		data, err := unpack(packed, min(maxMember, room))
		if err != nil {
			return fmt.Errorf("%s: %s: %w", file, packed.Name, err)
		}
		room -= int64(len(data))
		if err := fn(member{name, data}); err != nil {
			return err
		}
	}
	return nil
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

// fits refuses what cannot be read at once.
func fits(file string) error {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return fmt.Errorf("read the export: %w", err)
	case info.IsDir():
		return fmt.Errorf("%s is a folder; name a file, or pack the folder as a zip", file)
	case info.Size() > maxMember:
		return fmt.Errorf("%s is larger than 1 GiB; import it in parts", file)
	case info.Size() == 0:
		return fmt.Errorf("%s is empty", file)
	}
	return nil
}

// bounded reads all of a file.
func bounded(file string) ([]byte, error) {
	if err := fits(file); err != nil {
		return nil, err
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the export: %w", err)
	}
	return raw, nil
}
