export { createRoomsImporter, exportRooms, type PlannedRoom, roomsShape } from './import.ts';
export { roomsPolicy } from './policy.ts';
export { registerRoomRoutes } from './routes.ts';
export { createRooms, type RoomsDeps, type RoomsService } from './service.ts';
