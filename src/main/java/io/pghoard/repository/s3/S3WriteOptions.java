// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository.s3;

import io.pghoard.config.S3Storage.S3Writing;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/**
 * Adds storage class and encryption to every request that begins an object, whoever makes it: the
 * component, which cannot ask for a KMS key of the account, or a bean.
 */
record S3WriteOptions(S3Writing writing) implements ExecutionInterceptor {
  @Override
  public SdkRequest modifyRequest(
      Context.ModifyRequest context, ExecutionAttributes executionAttributes) {
    SdkRequest request = context.request();
    if (request instanceof PutObjectRequest put) {
      return put.toBuilder()
          .storageClass(writing.storageClass())
          .serverSideEncryption(writing.encryption())
          .ssekmsKeyId(writing.kmsKeyId())
          .build();
    }
    if (request instanceof CreateMultipartUploadRequest create) {
      return create.toBuilder()
          .storageClass(writing.storageClass())
          .serverSideEncryption(writing.encryption())
          .ssekmsKeyId(writing.kmsKeyId())
          .build();
    }
    return request;
  }
}
