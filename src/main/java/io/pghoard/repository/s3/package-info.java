// SPDX-License-Identifier: Apache-2.0
/** Objects in Amazon S3, and in other servers that speak its protocol. */
@NullMarked
package io.pghoard.repository.s3;

import org.jspecify.annotations.NullMarked;
