// SPDX-License-Identifier: Apache-2.0
/** What is kept and where: object keys, metadata, stores and the catalogue of base backups. */
@NullMarked
package io.pghoard.repository;

import org.jspecify.annotations.NullMarked;
