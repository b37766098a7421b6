package cli

import (
	"runtime"
	"runtime/debug"
)

// versioned prints what this program was built from.
type versioned struct{}

// Run prints the version or the commit, and Go's own version.
func (*versioned) Run(c *call) error { return c.say("meridian %s (%s)", version(), runtime.Version()) }

// version is the module's version, else the commit it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	version := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && (version == "" || version == "(devel)") {
			return s.Value
		}
	}
	return version
}
