// SPDX-License-Identifier: Apache-2.0
/** What may enter the WAL archive, and what comes back out of it. */
@NullMarked
package io.pghoard.archive;

import org.jspecify.annotations.NullMarked;
