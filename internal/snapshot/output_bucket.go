package snapshot

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/byoc-otel/otelcol-byoc/internal/bucket"
)

// bucketDestination is the folder snapshots/<id>/ of a bucket. Objects cannot be renamed, so data files are kept here until
// their final names are known, and nothing is uploaded before all of them are complete.
type bucketDestination struct {
	store    *bucket.Bucket
	prefix   string // with a slash at the end
	force    bool
	parent   string // folder of the temporary files
	staged   map[string]*scratch
	uploaded []string
}

func (d *bucketDestination) place() string {
	return d.store.Identity() + "/" + d.prefix[:len(d.prefix)-1]
}

func (d *bucketDestination) prepare(ctx context.Context) error {
	_, err := d.store.Stat(ctx, d.prefix+manifestName)
	switch {
	case err == nil && !d.force:
		return fmt.Errorf("%s: %w", d.place(), ErrExists)
	case err != nil && !errors.Is(err, bucket.ErrNotFound):
		return fmt.Errorf("look for an earlier snapshot: %w", err)
	case err != nil:
		if err := d.clean(ctx); err != nil {
			return fmt.Errorf("clean up after an interrupted run: %w", err)
		}
	}
	d.staged = map[string]*scratch{}
	return nil
}

// clean deletes the data files below the prefix.
func (d *bucketDestination) clean(ctx context.Context) error {
	var errs []error
	for object, err := range d.store.List(ctx, d.prefix) {
		if err != nil {
			return err
		}
		if ours(object.Key[len(d.prefix):]) {
			errs = append(errs, d.store.Delete(ctx, object.Key))
		}
	}
	return errors.Join(errs...)
}

// stage gives a file that stays open until it is uploaded.
func (d *bucketDestination) stage(_ context.Context, name string) (io.WriteCloser, error) {
	file, err := newScratch(d.parent)
	if err != nil {
		return nil, err
	}
	d.staged[name] = file
	return nopCloser{file}, nil
}

func (d *bucketDestination) commit(ctx context.Context, staged, final []string, manifest []byte) error {
	if d.force {
		if err := d.store.Delete(ctx, d.prefix+manifestName); err != nil && !errors.Is(err, bucket.ErrNotFound) {
			return fmt.Errorf("replace the snapshot: %w", err)
		}
		if err := d.clean(ctx); err != nil {
			return fmt.Errorf("replace the snapshot: %w", err)
		}
	}
	for i := range staged {
		if err := d.upload(ctx, staged[i], final[i]); err != nil {
			return fmt.Errorf("upload %s: %w", final[i], err)
		}
	}
	if err := d.store.Put(ctx, d.prefix+manifestName, manifest, bucket.PutOptions{ContentType: "application/json", KeepWarm: true}); err != nil {
		return fmt.Errorf("upload the manifest: %w", err)
	}
	d.uploaded = nil
	return nil
}

func (d *bucketDestination) upload(ctx context.Context, staged, final string) error {
	file := d.staged[staged]
	created, err := d.store.PutIfAbsent(ctx, d.prefix+final, file.reader(), file.size, bucket.PutOptions{ContentType: "application/x-ndjson"})
	if err != nil {
		return err
	}
	d.uploaded = append(d.uploaded, d.prefix+final)
	if !created {
		d.uploaded = d.uploaded[:len(d.uploaded)-1]
		return fmt.Errorf("%s is being written by somebody else: choose another --name", d.place())
	}
	return file.close()
}

// discard deletes what was uploaded; what cannot be deleted now is deleted by the next run of the same name.
func (d *bucketDestination) discard(ctx context.Context) {
	for _, key := range d.uploaded {
		_ = d.store.Delete(ctx, key)
	}
	for _, file := range d.staged {
		_ = file.close()
	}
}
