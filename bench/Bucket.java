// SPDX-License-Identifier: Apache-2.0
import java.net.URI;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** Makes a bucket in the Ceph of bench/store. */
final class Bucket {
  private Bucket() {}

  /** Runs: the gateway's port, the bucket. */
  public static void main(String[] arguments) {
    try (S3Client client =
        S3Client.builder()
            .region(Region.US_EAST_1)
            .endpointOverride(URI.create("http://127.0.0.1:" + arguments[0]))
            .forcePathStyle(true)
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create("bench", "bench-secret")))
            .build()) {
      client.createBucket(r -> r.bucket(arguments[1]));
    }
  }
}
