// SPDX-License-Identifier: Apache-2.0
/**
 * A site's objects by way of a pghoard daemon, and how they travel over HTTP: to read, never to
 * write.
 */
@NullMarked
package io.pghoard.repository.daemon;

import org.jspecify.annotations.NullMarked;
