package policy

import (
	"fmt"
	"path/filepath"
	"regexp"

	"gopkg.in/yaml.v3"
)

// Key says where the redaction key comes from, when the policy names a source: exactly one of Env, File and KMS. The policy
// never holds a key itself, and reading one is its user's business.
type Key struct {
	Env  string // the name of an environment variable
	File string // a path; relative ones are resolved from the policy's folder
	KMS  KMS
	ID   string // the key's name; "": its fingerprint
}

// KMS names an encrypted key and the key management service that decrypts it.
type KMS struct{ URL, Ciphertext, CiphertextFile string }

// Named says whether there is a source at all.
func (k Key) Named() bool { return k.Env != "" || k.File != "" || k.KMS.URL != "" }

// Key is the source of the redaction key that the policy's file names; the zero value when it names none.
func (p *Policy) Key() Key { return p.key }

var (
	keyKeys     = []string{"env", "key_file", "kms", "key_id"}
	kmsKeys     = []string{"url", "ciphertext", "ciphertext_file"}
	environment = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

// key reads the source of the key. It shows no value that could be a key.
func (r *reader) key(node *yaml.Node, path string) (k Key) {
	if resolve(node).Kind == yaml.ScalarNode {
		r.fail(node, path, "is a text", "a policy holds no key: name an environment variable {env: NAME}, a file {key_file: PATH} or {kms: {url: …, ciphertext: …}}")
		return Key{}
	}
	sources := 0
	r.fields(node, path, keyKeys, func(m member, path string) {
		if m.name != "key_id" {
			sources++
		}
		switch m.name {
		case "env":
			if k.Env, _ = r.text(m.value, path); k.Env != "" && !environment.MatchString(k.Env) {
				r.fail(m.value, path, "is no name of an environment variable", "the variable's name, not its value: env: BYOC_REDACTION_KEY")
			}
		case "key_file":
			k.File = r.path(m.value, path)
		case "kms":
			k.KMS = r.kms(m.value, path)
		case "key_id":
			k.ID, _ = r.text(m.value, path)
		}
	})
	if sources != 1 {
		r.fail(node, path, fmt.Sprintf("names %d sources", sources), "exactly one of env, key_file, kms")
	}
	return k
}

func (r *reader) kms(node *yaml.Node, path string) (k KMS) {
	r.fields(node, path, kmsKeys, func(m member, path string) {
		switch m.name {
		case "url":
			k.URL, _ = r.text(m.value, path)
		case "ciphertext":
			k.Ciphertext, _ = r.text(m.value, path)
		case "ciphertext_file":
			k.CiphertextFile = r.path(m.value, path)
		}
	})
	if k.URL == "" {
		r.fail(node, path, "has no url", "awskms://…, gcpkms://… or azurekeyvault://…")
	}
	if (k.Ciphertext == "") == (k.CiphertextFile == "") {
		r.fail(node, path, "needs the encrypted key", "exactly one of ciphertext (base64) and ciphertext_file")
	}
	return k
}

// path reads a path, which counts from the policy's folder.
func (r *reader) path(node *yaml.Node, key string) string {
	text, ok := r.text(node, key)
	if ok && !filepath.IsAbs(text) {
		text = filepath.Join(filepath.Dir(r.file), text)
	}
	return text
}
