// SPDX-License-Identifier: Apache-2.0
/** Objects in Google Cloud Storage. */
@NullMarked
package io.pghoard.repository.google;

import org.jspecify.annotations.NullMarked;
