// SPDX-License-Identifier: Apache-2.0
/**
 * What the storage routes need beside the stores: the choice of a type, clients, data formats,
 * retries.
 */
@NullMarked
package io.pghoard.camel.storage;

import org.jspecify.annotations.NullMarked;
