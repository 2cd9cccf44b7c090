// SPDX-License-Identifier: Apache-2.0
/**
 * What the storage routes need: the sites' stores, opened and let go of, data formats, and what is
 * told of transfers and retries.
 */
@NullMarked
package io.pghoard.camel.storage;

import org.jspecify.annotations.NullMarked;
