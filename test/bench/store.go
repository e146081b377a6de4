package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

const minioUser, minioPassword = "minioadmin", "minioadmin"

// minio is the real server both pipelines write to.
type minio struct {
	script, dir, address string
	client               *s3.Client
}

func startMinIO(ctx context.Context, services, dir string) (*minio, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	m := &minio{script: filepath.Join(services, "minio.sh"), dir: filepath.Join(dir, "minio"), address: "127.0.0.1:" + strconv.Itoa(port)}
	// No pipe to the script: the server it leaves behind would keep it open.
	if err := exec.CommandContext(ctx, m.script, "start", m.dir, strconv.Itoa(port)).Run(); err != nil {
		return nil, fmt.Errorf("start MinIO with %s: %w", m.script, err)
	}
	m.client = s3.New(s3.Options{Region: "us-east-1", BaseEndpoint: aws.String("http://" + m.address), UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(minioUser, minioPassword, "")})
	return m, nil
}

func (m *minio) stop() { _ = exec.Command(m.script, "stop", m.dir).Run() }

func (m *minio) environment() []string {
	return []string{"AWS_ACCESS_KEY_ID=" + minioUser, "AWS_SECRET_ACCESS_KEY=" + minioPassword, "AWS_EC2_METADATA_DISABLED=true"}
}

func (m *minio) createBucket(ctx context.Context, name string) error {
	_, err := m.client.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &name})
	return err
}

func (m *minio) archiveURL(bucketName string) string {
	return fmt.Sprintf("s3://%s/rrpairs?region=us-east-1&endpoint=http://%s&use_path_style=true", bucketName, m.address)
}

// each calls f for every object of a bucket.
func (m *minio) each(ctx context.Context, bucketName string, f func(key string, size int64) error) error {
	pages := s3.NewListObjectsV2Paginator(m.client, &s3.ListObjectsV2Input{Bucket: &bucketName})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, object := range page.Contents {
			if err := f(*object.Key, *object.Size); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *minio) size(ctx context.Context, bucketName string) (total int64, objects int, err error) {
	err = m.each(ctx, bucketName, func(_ string, size int64) error {
		total += size
		objects++
		return nil
	})
	return total, objects, err
}

// countStored counts the pairs in the bucket: ours by the archive's own files, the stock one's by their msgType entries.
func countStored(ctx context.Context, o options, p pipeline, store *minio, bucketName string) (int, error) {
	if p.ours {
		command := exec.CommandContext(ctx, o.tool, "--archive", store.archiveURL(bucketName), "archive", "stat", "--output", "json", "--no-progress")
		command.Env = append(command.Environ(), store.environment()...)
		output, err := command.Output()
		if err != nil {
			return 0, fmt.Errorf("byoc archive stat: %w: %s", err, output)
		}
		var stat struct {
			Records int `json:"records"`
		}
		if err := json.Unmarshal(output, &stat); err != nil {
			return 0, fmt.Errorf("byoc archive stat: %w", err)
		}
		return stat.Records, nil
	}
	marks := []byte("\x07msgType")
	if strings.Contains(p.config, "otlp_json") {
		marks = []byte(`{"key":"msgType"`)
	}
	total := 0
	err := store.each(ctx, bucketName, func(key string, _ int64) error {
		object, err := store.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucketName, Key: &key})
		if err != nil {
			return err
		}
		defer object.Body.Close()
		plain, err := gzip.NewReader(object.Body)
		if err != nil {
			return err
		}
		data, err := io.ReadAll(plain)
		if err != nil {
			return err
		}
		total += bytes.Count(data, marks)
		return nil
	})
	return total, err
}
