package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

// static holds our own script and style and, unchanged from npm, htmx and its
// extension for server-sent events; LICENSES.txt has their licences.
//
//go:embed static
var static embed.FS

// asset is a file that pages refer to.
type asset struct {
	data []byte
	kind string // media type
	hash string // of its content; part of its address
}

type assets map[string]asset

func loadAssets() assets {
	files, err := fs.ReadDir(static, "static")
	if err != nil {
		panic("web: embedded files: " + err.Error())
	}
	all := assets{}
	for _, f := range files {
		data, err := fs.ReadFile(static, "static/"+f.Name())
		if err != nil {
			panic("web: embedded files: " + err.Error())
		}
		sum := sha256.Sum256(data)
		kind := mime.TypeByExtension(path.Ext(f.Name()))
		if strings.HasSuffix(f.Name(), ".js") {
			kind = "text/javascript; charset=utf-8" // whatever the machine's own table says
		}
		all[f.Name()] = asset{data: data, kind: kind, hash: hex.EncodeToString(sum[:6])}
	}
	return all
}

// url is the address of a file. It changes with the content, so that browsers
// may keep what they have.
func (s assets) url(name string) string { return "/static/" + s[name].hash + "/" + name }

func (s assets) serve(w http.ResponseWriter, r *http.Request) {
	f, ok := s[r.PathValue("name")]
	if !ok || f.hash != r.PathValue("hash") {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", f.kind)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(f.data)
}
