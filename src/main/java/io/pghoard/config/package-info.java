// SPDX-License-Identifier: Apache-2.0
/** The typed settings, read from pghoard.json and checked before anything starts. */
@NullMarked
package io.pghoard.config;

import org.jspecify.annotations.NullMarked;
