package policy

import (
	"embed"
	"fmt"
	"slices"
)

//go:embed builtin/*.yaml
var builtinFiles embed.FS

// maxFileBytes bounds a policy file without its dictionaries.
const maxFileBytes = 16 << 20

// Load reads a policy: "default", "strict", "secrets-only", or the path of a YAML file. Errors name file, line and key.
func Load(nameOrPath string) (*Policy, error) {
	if slices.Contains(builtinPolicies, nameOrPath) {
		text, err := builtinFiles.ReadFile("builtin/" + nameOrPath + ".yaml")
		if err != nil {
			return nil, fmt.Errorf("load policy %s: %w", nameOrPath, err)
		}
		return parse("built-in/"+nameOrPath+".yaml", text, true)
	}
	text, err := readRegular(nameOrPath, maxFileBytes)
	if err != nil {
		return nil, fmt.Errorf("load policy: %w; it is default, strict, secrets-only or the path of a YAML file%s", err, perhaps(nameOrPath))
	}
	return Parse(nameOrPath, text)
}

// Parse reads the text of a policy file; file is its name in errors, relative paths of dictionaries are resolved from its folder.
func Parse(file string, text []byte) (*Policy, error) { return parse(file, text, false) }

func perhaps(name string) string {
	if near := nearest(name, builtinPolicies); near != "" {
		return " (" + near + ")"
	}
	return ""
}
