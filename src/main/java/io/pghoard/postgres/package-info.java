// SPDX-License-Identifier: Apache-2.0
/** PostgreSQL's own names, numbers and file formats. */
@NullMarked
package io.pghoard.postgres;

import org.jspecify.annotations.NullMarked;
