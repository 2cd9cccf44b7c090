// SPDX-License-Identifier: Apache-2.0
/** Planning and writing a restore, and the recovery settings that make it start. */
@NullMarked
package io.pghoard.restore;

import org.jspecify.annotations.NullMarked;
