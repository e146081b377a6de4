package bucket

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"
)

// openFolder opens a folder of this machine as a store. The driver is our own: gocloud's fileblob lets several
// concurrent writers of one key each believe that theirs was first, and does not sync.
func (b *Bucket) openFolder() (*blob.Bucket, error) {
	root := b.location.prefix
	b.store = store{classify: classifyFolder, advice: adviceFolder}
	if b.location.flag("create_directory") {
		if err := makeFolders(root); err != nil {
			return nil, err
		}
	}
	driver := newFolderDriver(root)
	b.store.check = driver.check
	b.store.close = driver.stop
	b.store.etag = func(o *blob.ListObject) string { return timeTag(o.ModTime, o.Size) }
	return blob.NewBucket(driver), nil
}

// errNoRoot tells a missing archive folder from a missing object.
var errNoRoot = errors.New("the archive folder does not exist")

// invalidKeyError is a key that no file can have.
type invalidKeyError struct{ key, reason string }

func (e *invalidKeyError) Error() string {
	return fmt.Sprintf("key %q cannot be a file name: %s", e.key, e.reason)
}

func classifyFolder(err error) finding {
	var key *invalidKeyError
	switch {
	case errors.Is(err, errNoRoot):
		return finding{ErrNoBucket, ""}
	case errors.As(err, &key):
		return finding{ErrInvalidConfig, key.Error()}
	case errors.Is(err, errFolderExists), gcerrors.Code(err) == gcerrors.FailedPrecondition:
		return finding{ErrExists, "the file exists already"}
	case errors.Is(err, os.ErrNotExist):
		return finding{ErrNotFound, "no such file"}
	case errors.Is(err, os.ErrPermission), errors.Is(err, syscall.EROFS):
		return finding{ErrDenied, pathError(err)}
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return finding{ErrUnavailable, "the disk is full: " + pathError(err)}
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.EISDIR):
		return finding{ErrInvalidConfig, "a file stands where a folder is wanted, or the other way round: " + pathError(err)}
	case errors.Is(err, syscall.ENAMETOOLONG):
		return finding{ErrInvalidConfig, "a part of the name is longer than the file system allows: " + pathError(err)}
	case errors.Is(err, syscall.EOPNOTSUPP), errors.Is(err, syscall.ENOSYS), errors.Is(err, syscall.EXDEV), errors.Is(err, syscall.EMLINK):
		return finding{ErrInvalidConfig, "the file system has no hard links: " + pathError(err)}
	case errors.Is(err, syscall.EIO):
		return finding{ErrUnavailable, pathError(err)}
	}
	return finding{}
}

// pathError is the innermost file error, without gocloud's wrapping.
func pathError(err error) string {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Error()
	case errors.As(err, &link):
		return link.Err.Error() + ": " + link.New
	default:
		return err.Error()
	}
}

var (
	// ErrDeniedFile is [ErrDenied] for one file of a folder store: permissions differ from file to file, so others may
	// well be readable. Object stores judge by the identity that asks and never answer so.
	ErrDeniedFile = fmt.Errorf("%w to this file", ErrDenied)
	// errNoFolder is ErrNoBucket in the words of a folder store.
	errNoFolder = &wordedKind{text: "no such folder", kind: ErrNoBucket}
)

// wordedKind is a kind that reads differently.
type wordedKind struct {
	text string
	kind error
}

func (k *wordedKind) Error() string { return k.text }
func (k *wordedKind) Unwrap() error { return k.kind }

// folderKind gives a kind the words, and the reach, that it has in a folder.
func folderKind(operation string, kind error) error {
	switch {
	case errors.Is(kind, ErrNoBucket):
		return errNoFolder
	case errors.Is(kind, ErrDenied) && readsFile(operation):
		return ErrDeniedFile
	default:
		return kind
	}
}

func readsFile(operation string) bool {
	return operation == "get" || operation == "read" || operation == "open" || operation == "stat"
}

func adviceFolder(operation string, kind error, detail string) string {
	switch {
	case errors.Is(kind, ErrDenied) && readsFile(operation):
		return "give the user that this process runs as the right to read this file and to enter the folders above it"
	case errors.Is(kind, ErrDenied) && operation == "list":
		return "give the user that this process runs as the right to read this folder and to enter it"
	case errors.Is(kind, ErrNoBucket):
		return "create the folder, mount its disk, or add ?create_directory=true to the url"
	case errors.Is(kind, ErrDenied):
		return "give the user that this process runs as the right to read and write the folder"
	case errors.Is(kind, ErrUnavailable) && strings.Contains(detail, "full"):
		return "free space on the disk or shorten the retention"
	case errors.Is(kind, ErrInvalidConfig) && strings.Contains(detail, "hard links"):
		return "put the archive on a local file system with hard links: ext4, xfs, btrfs, zfs; or NFS"
	default:
		return ""
	}
}

// check says whether the folder is there and can be listed.
func (d *folderDriver) check(context.Context) error {
	info, err := os.Stat(d.root)
	if errors.Is(err, os.ErrNotExist) {
		return errNoRoot
	}
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return &fs.PathError{Op: "open folder", Path: d.root, Err: syscall.ENOTDIR}
	}
	folder, err := os.Open(d.root)
	if err != nil {
		return err
	}
	return folder.Close()
}
