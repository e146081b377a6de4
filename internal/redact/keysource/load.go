package keysource

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"gocloud.dev/gcerrors"
	"gocloud.dev/secrets"
	_ "gocloud.dev/secrets/awskms"        // awskms://
	_ "gocloud.dev/secrets/azurekeyvault" // azurekeyvault://
	_ "gocloud.dev/secrets/gcpkms"        // gcpkms://
	_ "gocloud.dev/secrets/localsecrets"  // base64key://

	"github.com/byoc-otel/otelcol-byoc/internal/redact/surrogate"
)

const (
	// kmsTimeout bounds the wait for a key management service, so that a start does not hang.
	kmsTimeout = 30 * time.Second
	// maxFile bounds what is read of a file: no key is longer, and somebody may name the wrong file.
	maxFile = 64 << 10
	// ephemeralBytes is the length of a key drawn at random.
	ephemeralBytes = 32
)

// Load gets the keys. It reads files and asks services anew each time. Errors name the source and never show a key.
func Load(ctx context.Context, c Config) (*surrogate.Keyring, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	var current surrogate.Key
	var err error
	if c.Ephemeral {
		current = newKey(c.ID, randomKey())
	} else if current, err = loadKey(ctx, c.Source, c.ID); err != nil {
		return nil, fmt.Errorf("load redaction key: %w", err)
	}
	var previous []surrogate.Key
	for i, p := range c.Previous {
		key, err := loadKey(ctx, p.Source, p.ID)
		if err != nil {
			return nil, fmt.Errorf("load previous_keys[%d]: %w", i, err)
		}
		if bytes.Equal(key.Secret, current.Secret) {
			return nil, fmt.Errorf("load previous_keys[%d]: it is the current key: a previous key is one that was replaced", i)
		}
		previous = append(previous, key)
	}
	return surrogate.NewKeyring(current, previous...)
}

// Fingerprint is the default id of a key: 12 hexadecimal digits of HMAC-SHA256(key, "id").
func Fingerprint(key []byte) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("id"))
	return hex.EncodeToString(mac.Sum(nil)[:6])
}

func newKey(id string, secret []byte) surrogate.Key {
	if id == "" {
		id = Fingerprint(secret)
	}
	return surrogate.Key{ID: id, Secret: secret}
}

func randomKey() []byte {
	key := make([]byte, ephemeralBytes)
	_, _ = rand.Read(key) // never fails: crypto/rand ends the process instead
	return key
}

func loadKey(ctx context.Context, s Source, id string) (surrogate.Key, error) {
	var name string
	var text []byte
	var err error
	switch {
	case s.KeyFile != "":
		name = "key_file " + s.KeyFile
		text, err = readFile(s.KeyFile)
	case s.KMS != KMS{}:
		name = "the key that kms decrypts"
		text, err = decrypt(ctx, s.KMS)
	default:
		name, text = "key", []byte(s.Key)
	}
	if err != nil {
		return surrogate.Key{}, err
	}
	secret, err := parseKey(text)
	if err != nil {
		return surrogate.Key{}, fmt.Errorf("%s %w", name, err)
	}
	return newKey(id, secret), nil
}

func readFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read file with a key: %w", err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read file with a key: %w", err)
	}
	if len(text) > maxFile {
		return nil, fmt.Errorf("read file with a key: %s has more than %d bytes, which no key has", path, maxFile)
	}
	return text, nil
}

// decrypt asks the service. Its errors may quote the request; they hold ciphertext at most, and of the URL only the scheme
// is repeated, since base64key:// has the key itself in it.
func decrypt(ctx context.Context, k KMS) ([]byte, error) {
	ciphertext, err := k.ciphertext()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, kmsTimeout)
	defer cancel()
	keeper, err := secrets.OpenKeeper(ctx, string(k.URL))
	if err != nil {
		return nil, fmt.Errorf("open the key of kms::url (%s): %w", k.scheme(), k.withoutURL(err))
	}
	text, err := keeper.Decrypt(ctx, ciphertext)
	closing := keeper.Close()
	if err != nil {
		return nil, fmt.Errorf("decrypt the redaction key with kms::url (%s), %s: %w", k.scheme(), advice(err), k.withoutURL(err))
	}
	if closing != nil {
		return nil, fmt.Errorf("close the key of kms::url (%s): %w", k.scheme(), closing)
	}
	return text, nil
}

func (k KMS) scheme() string {
	scheme, _, _ := bytes.Cut([]byte(k.URL), []byte("://"))
	return string(scheme)
}

// withoutURL keeps a URL that is a secret itself out of errors.
func (k KMS) withoutURL(err error) error {
	if k.scheme() == "base64key" {
		return errors.New("it is no base64 of 32 bytes, or another key encrypted it")
	}
	return err
}

func advice(err error) string {
	switch gcerrors.Code(err) {
	case gcerrors.NotFound:
		return "which does not know this key: check the URL and its region"
	case gcerrors.PermissionDenied:
		return "which does not allow it: this process needs the right to decrypt with the key"
	case gcerrors.InvalidArgument:
		return "which cannot decrypt it: was the ciphertext made with this key?"
	case gcerrors.DeadlineExceeded:
		return "which did not answer"
	}
	return "which failed"
}

func (k KMS) ciphertext() ([]byte, error) {
	if k.Ciphertext != "" {
		text, err := base64.StdEncoding.DecodeString(k.Ciphertext)
		if err != nil {
			return nil, errors.New("kms::ciphertext is no base64: give the encrypted key as the service's command line prints it")
		}
		return text, nil
	}
	data, err := readFile(k.CiphertextFile)
	if err != nil {
		return nil, err
	}
	if text, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(data))); err == nil {
		return text, nil
	}
	return data, nil
}
