// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.grpc;

import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import io.grpc.protobuf.ProtoServiceDescriptorSupplier;

/** Shows the descriptors of a user's service to reflection and the docs page. */
final class SchemaOf {
    private SchemaOf() {}

    /** The schema of a service. */
    record Service(ServiceDescriptor descriptor) implements ProtoServiceDescriptorSupplier {
        @Override
        public ServiceDescriptor getServiceDescriptor() {
            return descriptor;
        }

        @Override
        public FileDescriptor getFileDescriptor() {
            return descriptor.getFile();
        }
    }

    /** The schema of a method. */
    record Method(MethodDescriptor descriptor) implements ProtoMethodDescriptorSupplier {
        @Override
        public MethodDescriptor getMethodDescriptor() {
            return descriptor;
        }

        @Override
        public ServiceDescriptor getServiceDescriptor() {
            return descriptor.getService();
        }

        @Override
        public FileDescriptor getFileDescriptor() {
            return descriptor.getFile();
        }
    }
}
