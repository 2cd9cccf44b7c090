// SPDX-License-Identifier: Apache-2.0
/**
 * The HTTP interface: its server, what it refuses, and what turns a request into values for beans.
 */
@NullMarked
package io.pghoard.camel.http;

import org.jspecify.annotations.NullMarked;
