package bucket

import (
	"context"
	"iter"
	"strings"

	"gocloud.dev/blob"
)

// listPage is how many keys one request asks for: the most that S3 gives.
const listPage = 1000

// List yields every object whose key begins with prefix, in key order, fetching page by page. It yields one error, the
// last thing, if a page cannot be had. An object that was stored before List is called is listed.
func (b *Bucket) List(ctx context.Context, prefix string) iter.Seq2[Object, error] {
	return b.ListAfter(ctx, prefix, "")
}

// ListAfter is List without the keys up to and including startAfter. S3 and GCS start there; the other stores read
// over what comes before.
func (b *Bucket) ListAfter(ctx context.Context, prefix, startAfter string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		options := &blob.ListOptions{Prefix: prefix}
		if startAfter != "" && b.store.startAfter != nil && !escaped(startAfter) {
			options.BeforeList = func(as func(any) bool) error {
				return b.store.startAfter(as, b.fullKey(startAfter))
			}
		}
		err := b.pages(ctx, options, func(o *blob.ListObject) bool {
			if o.IsDir || startAfter != "" && o.Key <= startAfter {
				return true
			}
			return yield(b.object(o), nil)
		})
		if err != nil {
			yield(Object{}, err)
		}
	}
}

// ListFolders returns the folders directly below prefix, with the prefix before and a slash behind, in key order.
// prefix is "" or ends with a slash.
func (b *Bucket) ListFolders(ctx context.Context, prefix string) ([]string, error) {
	var folders []string
	err := b.pages(ctx, &blob.ListOptions{Prefix: prefix, Delimiter: "/"}, func(o *blob.ListObject) bool {
		// A page may repeat the folder that the page before it ended with.
		if o.IsDir && (len(folders) == 0 || folders[len(folders)-1] != o.Key) {
			folders = append(folders, o.Key)
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	return folders, nil
}

// pages calls visit for each entry until it returns false.
func (b *Bucket) pages(ctx context.Context, options *blob.ListOptions, visit func(*blob.ListObject) bool) error {
	token := blob.FirstPageToken
	for len(token) > 0 {
		var entries []*blob.ListObject
		var next []byte
		err := b.attempt(ctx, "list", options.Prefix, b.cfg.RequestTimeout, func(ctx context.Context) error {
			var err error
			entries, next, err = b.blobs.ListPage(ctx, token, listPage, options)
			return err
		})
		if err != nil {
			return err
		}
		for _, entry := range entries {
			if !visit(entry) {
				return nil
			}
		}
		token = next
	}
	return nil
}

func (b *Bucket) object(o *blob.ListObject) Object {
	object := Object{Key: o.Key, Size: o.Size, ModTime: o.ModTime}
	if b.store.etag != nil {
		object.ETag = trimETag(b.store.etag(o))
	}
	return object
}

// fullKey is the key as the store has it.
func (b *Bucket) fullKey(key string) string {
	if b.location.prefix == "" || b.location.scheme == schemeFile {
		return key
	}
	return b.location.prefix + "/" + key
}

// escaped reports whether the S3 and GCS drivers write the key differently from how it is.
func escaped(key string) bool {
	return strings.ContainsFunc(key, func(r rune) bool { return r < 32 }) || strings.Contains(key, "../")
}
