// SPDX-License-Identifier: Apache-2.0
/** What may be deleted, and why. */
@NullMarked
package io.pghoard.retention;

import org.jspecify.annotations.NullMarked;
