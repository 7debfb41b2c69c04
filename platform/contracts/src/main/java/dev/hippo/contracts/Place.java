// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.OneofDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo.Location;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import java.util.ArrayList;
import java.util.List;

/**
 * Where something stands in its {@code .proto} file.
 *
 * @param file the path of the file, relative to the contracts folder
 * @param line counted from 1; 0 if the file was compiled without places
 * @param column counted from 1; 0 if the file was compiled without places
 */
public record Place(String file, int line, int column) {
    public static Place of(Descriptor message) {
        return find(message.getFile(), path(message), DescriptorProto.NAME_FIELD_NUMBER);
    }

    public static Place of(EnumDescriptor type) {
        return find(type.getFile(), path(type), EnumDescriptorProto.NAME_FIELD_NUMBER);
    }

    public static Place of(OneofDescriptor oneof) {
        List<Integer> path = path(oneof.getContainingType());
        path.addAll(List.of(DescriptorProto.ONEOF_DECL_FIELD_NUMBER, oneof.getIndex()));
        return find(oneof.getFile(), path, OneofDescriptorProto.NAME_FIELD_NUMBER);
    }

    public static Place ofName(FieldDescriptor field) {
        return find(field.getFile(), path(field), FieldDescriptorProto.NAME_FIELD_NUMBER);
    }

    public static Place ofNumber(FieldDescriptor field) {
        return find(field.getFile(), path(field), FieldDescriptorProto.NUMBER_FIELD_NUMBER);
    }

    public static Place ofName(EnumValueDescriptor value) {
        return find(value.getFile(), path(value), EnumValueDescriptorProto.NAME_FIELD_NUMBER);
    }

    public static Place ofNumber(EnumValueDescriptor value) {
        return find(value.getFile(), path(value), EnumValueDescriptorProto.NUMBER_FIELD_NUMBER);
    }

    public static Place ofName(MethodDescriptor method) {
        List<Integer> path = List.of(
                FileDescriptorProto.SERVICE_FIELD_NUMBER,
                method.getService().getIndex(),
                ServiceDescriptorProto.METHOD_FIELD_NUMBER,
                method.getIndex());
        return find(method.getFile(), path, MethodDescriptorProto.NAME_FIELD_NUMBER);
    }

    private static List<Integer> path(Descriptor message) {
        Descriptor outer = message.getContainingType();
        List<Integer> path = outer == null ? new ArrayList<>() : path(outer);
        path.add(
                outer == null
                        ? FileDescriptorProto.MESSAGE_TYPE_FIELD_NUMBER
                        : DescriptorProto.NESTED_TYPE_FIELD_NUMBER);
        path.add(message.getIndex());
        return path;
    }

    private static List<Integer> path(EnumDescriptor type) {
        Descriptor outer = type.getContainingType();
        List<Integer> path = outer == null ? new ArrayList<>() : path(outer);
        path.add(outer == null ? FileDescriptorProto.ENUM_TYPE_FIELD_NUMBER : DescriptorProto.ENUM_TYPE_FIELD_NUMBER);
        path.add(type.getIndex());
        return path;
    }

    private static List<Integer> path(FieldDescriptor field) {
        List<Integer> path = path(field.getContainingType());
        path.addAll(List.of(DescriptorProto.FIELD_FIELD_NUMBER, field.getIndex()));
        return path;
    }

    private static List<Integer> path(EnumValueDescriptor value) {
        List<Integer> path = path(value.getType());
        path.addAll(List.of(EnumDescriptorProto.VALUE_FIELD_NUMBER, value.getIndex()));
        return path;
    }

    /** The part of the thing at that path; the thing itself if the part has no place of its own. */
    private static Place find(FileDescriptor file, List<Integer> path, int part) {
        List<Integer> exact = new ArrayList<>(path);
        exact.add(part);
        Place whole = new Place(file.getName(), 0, 0);
        for (Location location : file.toProto().getSourceCodeInfo().getLocationList()) {
            if (location.getPathList().equals(exact)) {
                return at(file, location);
            }
            if (location.getPathList().equals(path)) {
                whole = at(file, location);
            }
        }
        return whole;
    }

    private static Place at(FileDescriptor file, Location location) {
        return new Place(file.getName(), location.getSpan(0) + 1, location.getSpan(1) + 1);
    }
}
