"""Imports of the Pulumi SDKs only what a program touches. Importing this module, before them, puts that in place.

`pulumi_aws.ec2` imports all of its 180 modules when the first of its classes is used: 1.4 s for nine classes whose own modules
take 0.5 s, and so for every service. While this is installed, a service package starts empty and imports the module of a class
when the class is asked for; a name that is not found this way loads the whole package, as ever. The Automation API, which
`pulumi` imports for programs that drive other programs (0.2 s), is loaded when it is first used.
"""

import importlib
import re
import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from types import ModuleType

_SERVICE = re.compile(r"pulumi_aws\.[a-z0-9]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class _Finder(MetaPathFinder):
    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        is_service = _SERVICE.fullmatch(fullname) is not None
        if not is_service and fullname != "pulumi.automation":
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.submodule_search_locations is not None and spec.loader is not None:
            spec.loader = _LazyPackage(spec.loader) if is_service else LazyLoader(spec.loader)
        return spec


class _LazyPackage(Loader):
    def __init__(self, whole: Loader) -> None:
        self._whole = whole

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._whole.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        setattr(module, "__getattr__", _attributes_of(module, self._whole))  # noqa: B010 (PEP 562 wants it in the module)


def _attributes_of(package: ModuleType, whole: Loader) -> Callable[[str], object]:
    def attribute(name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        file = _HUMP.sub("_", name.removesuffix("Args")).lower()
        try:
            module = importlib.import_module(f"{package.__name__}.{file}")
            found = getattr(module, name) if name in vars(module) or name != file else module
        except (ImportError, AttributeError):
            vars(package).pop("__getattr__", None)
            whole.exec_module(package)
            return getattr(package, name)
        setattr(package, name, found)
        return found

    return attribute


sys.meta_path.insert(0, _Finder())
